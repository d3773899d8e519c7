import type { Notes } from '../difference.ts';
import type { SourceFields } from '../source-fields.ts';
import type { Groups } from './deployment.ts';

/** What LiteLLM does only where it checks deployments before it calls them, and what is always done here. */
export function noteChecks(
  groups: Groups,
  router: SourceFields | undefined,
  strategy: string,
  notes: Notes,
): void {
  const isChecked = router?.flag('enable_pre_call_checks') === true;
  const limited = [...groups.values()]
    .flat()
    .filter(({ stated: { rpm, tpm } }) => rpm !== undefined || tpm !== undefined);
  const ordered = [...groups.values()].flat().find(({ order }) => order !== undefined);
  if (ordered !== undefined && !isChecked) {
    const path = [...ordered.path, 'litellm_params', 'order'];
    notes.add(path, 'counts; LiteLLM heeds it with enable_pre_call_checks only');
  }
  if (isChecked || strategy === 'quota-headroom' || limited.length === 0) return;
  const count = limited.length === 1 ? 'it' : `these ${limited.length} deployments`;
  notes.add(
    limited[0]!.path,
    `rpm and tpm are enforced: requests to ${count} wait or go elsewhere; LiteLLM only draws by them`,
  );
}

/** Tags are asked for in another way. */
export function noteTags(groups: Groups, router: SourceFields | undefined, notes: Notes): void {
  const tagged = [...groups.values()].flat().filter(({ target }) => target.tags !== undefined);
  const isOn = router?.flag('enable_tag_filtering');
  if (tagged.length === 0) return;
  const path = [...tagged[0]!.path, 'litellm_params', 'tags'];
  if (isOn !== true) notes.add(path, 'count: requests may ask for tags in x-plimsoll-tags');
  else
    notes.add(
      path,
      'are asked for in x-plimsoll-tags, all of them at once; requests without go to every target, be it tagged or not',
    );
}

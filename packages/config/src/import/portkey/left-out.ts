// Why keys of Portkey are left out. What stands in no table is not known to the importer.

const noCache = 'is left out: answers are not cached';
const noHooks = 'is left out: content is not looked at';
const noSignatures = 'is left out: there is no adapter that signs requests';
const asIs = 'is left out: answers are handed on as they are';

/** In both spellings. */
function both(why: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const camel = (name: string): string =>
    name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(why).flatMap(([name, message]) => [
      [name, message],
      [camel(name), message],
    ]),
  );
}

export const whyOfTarget: Readonly<Record<string, string>> = both({
  cache: noCache,
  input_guardrails: noHooks,
  output_guardrails: noHooks,
  before_request_hooks: noHooks,
  after_request_hooks: noHooks,
  aws_access_key_id: noSignatures,
  aws_secret_access_key: noSignatures,
  aws_session_token: noSignatures,
  aws_region: noSignatures,
  vertex_project_id: noSignatures,
  vertex_region: noSignatures,
  vertex_service_account_json: noSignatures,
  azure_auth_mode: 'is left out: Azure is asked with a key',
  azure_model_name: 'is left out: the deployment is what is asked for',
  azure_resource_name: 'is left out: the address is stated',
  azure_deployment_id: 'is left out: only Azure has deployments',
  forward_headers:
    'is left out: headers of a request are handed on, but for those of the connection and the credential',
  strict_open_ai_compliance: asIs,
  metadata: 'is left out: clients state it in x-plimsoll-metadata',
  on_status_codes: 'is left out: what is tried elsewhere follows from what a failure means',
  cb_config: 'is left out: health.breaker of the pool is the like',
  weight: 'is left out: nothing is drawn here',
  custom_metadata: 'is left out: clients state it in x-plimsoll-metadata',
  user: 'is left out: clients state it',
});

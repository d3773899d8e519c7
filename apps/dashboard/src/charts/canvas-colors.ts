/**
 * A canvas takes no `light-dark()` and no custom property: the browser is asked what a colour of the tokens is now, by
 * an element that has it.
 */
export function canvasColor(css: string): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = css;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

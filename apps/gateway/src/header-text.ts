/** `text` as the value of a header can hold it: percent-encoded as in a URL where it has more than visible ASCII. */
export function headerText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
}

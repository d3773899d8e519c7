/** The text as a configuration writes it, so that a `${` in it is no reference to the environment. */
export function literal(text: string): string {
  // A reference's default is not searched for references.
  return text.replaceAll('${', '${PLIMSOLL_DOLLAR:-$}{');
}

/** A reference to an environment variable; undefined where `name` can be none. */
export function referenceTo(name: string): string | undefined {
  return /^[A-Za-z_]\w*$/.test(name) ? `\${${name}}` : undefined;
}

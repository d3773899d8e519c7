/** Where a key for consistent hashing may be looked for in a request. */
export const hashKeyPattern: RegExp =
  /^(?:(?:header|metadata):[\w.-]+|prompt_cache_key|safety_identifier|user|conversation|prompt-prefix:[1-9]\d{0,5})$/;

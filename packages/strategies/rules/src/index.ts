export { complexityOf } from '@plimsoll/core';
export { type Rule, rules, type RulesOptions } from './rules.ts';

import { optionError } from '@plimsoll/core';

/** @throws PlimsollError ERR_PLIMSOLL_OPTION unless `value` is a finite number > 0. */
export function checkPositive(factory: string, option: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw optionError(factory, option, 'a finite number > 0', value);
  }
}

/** @throws PlimsollError ERR_PLIMSOLL_OPTION unless `value` is a finite number >= 0. */
export function checkNotNegative(factory: string, option: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) {
    throw optionError(factory, option, 'a finite number >= 0', value);
  }
}

/** @throws PlimsollError ERR_PLIMSOLL_OPTION unless `value` is an integer >= `least`. */
export function checkInteger(factory: string, option: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw optionError(factory, option, `an integer >= ${least}`, value);
  }
}

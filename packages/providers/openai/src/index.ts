export { openai, type OpenAIOptions } from './openai.ts';
export { type PresetName } from './presets.ts';

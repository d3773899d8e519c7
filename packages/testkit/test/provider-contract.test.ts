import { providerContract } from '../src/index.ts';
import { referenceProvider } from './reference-provider.ts';

providerContract({ create: referenceProvider });

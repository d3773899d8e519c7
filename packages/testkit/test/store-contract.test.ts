import { sharedStoreContract } from '../src/index.ts';
import { referenceSubject } from './reference-store.ts';

sharedStoreContract(referenceSubject());

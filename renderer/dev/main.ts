import { fakeBridge } from './fake-bridge';

Object.defineProperty(window, 'midwatch', { value: fakeBridge });
await import('../app/main');

// ssh2 is CommonJS and names its exports at run time: only the default import is safe from an ES module in every runtime.
import ssh2 from 'ssh2';

export const { Client, createAgent, utils } = ssh2;

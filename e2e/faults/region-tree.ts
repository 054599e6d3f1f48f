/** Whom the replicas inside the regions of payments follow, wherever the primary is: whoever leads their region. */
export const regionTree: Readonly<Record<string, string>> = { 'eu-2': 'eu-1', 'us-2': 'us-1', 'ap-2': 'ap-1' };

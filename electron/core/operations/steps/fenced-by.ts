/** Name under which a failover remembers the rung of the fence that was proven, and its proof. */
export const fencedBy = 'fenced by';

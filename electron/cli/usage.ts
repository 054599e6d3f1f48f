/** What `midwatch --help` prints; docs/command-line.md says the same with reasons. */
export const usage = `midwatch <noun> <verb> [--json] [--data FOLDER]

  fleet status                 state of every cluster, worst first
  fleet discover --host H [--port P] --user U [--name N] [--add]
                               crawl from one instance; the password comes from MIDWATCH_PASSWORD
  fleet export [FILE]          the inventory as YAML, without secrets
  fleet import FILE            take over an inventory file
  instance processlist NAME    sessions of one instance (cluster/instance or instance) [--all: sleepers too]

  operation plan CLUSTER --kind switchover|failover|rejoin|reprovision|relocate
                [--instance NAME] [--candidate NAME] [--choice CODE]
                               what would be done, and what it would lose; changes nothing. --instance: who returns,
                               is filled or moved; --candidate: the new primary, the donor, the new source
  operation run CLUSTER --kind KIND --confirm CLUSTER [--instance NAME] [--candidate NAME] [--choice CODE]
                [--reason TEXT] [--attest TEXT] [--unlock MINUTES]
                               plans, and does it; Ctrl-C turns back before the point of no return
  operation list [CLUSTER]     runs, newest first
  operation report RUN [--format text|json|html] [--out FILE]
  operation look RUN           holds a stopped run against the servers; changes nothing
  operation resume RUN --choice continue|roll-back|adopt --confirm CLUSTER [--note TEXT]
                               settles a stopped run
  operation drill CLUSTER --kind switchover|failover --confirm CLUSTER [--region NAME] [--unattended]
                [--reason TEXT] [--unlock MINUTES]
                               moves the primary on purpose and measures the outage; failover ends its process,
                               with another region to take over every server of its region
  operation drills [CLUSTER]   drills and their figures, newest first

  queries digest FILE… [--since TIME] [--until TIME] [--html] [--out FILE] [--literals]
                               reads slow logs (also .gz and .zst) and prints what pt-query-digest would, and what was
                               skipped; keeps nothing
  queries top --cluster NAME [--instance NAME] [--seconds N]
                               what a server counts for each statement class; N seconds from now, else all so far
  queries plan --cluster NAME --instance NAME --connection ID [--literals]
                               the plan of what a session runs now; ids: instance processlist
  queries review list
  queries review capture --cluster NAME [--instance NAME] [--seconds N] [--title TEXT]
  queries review show REVIEW
  queries review export REVIEW --format html|markdown|json|review|pt-tables --out FILE [--literals]
  queries review import FILE   a review file; the same reviews stand in the window
  queries review import-pt REVIEW --cluster NAME [--instance NAME] [--schema SCHEMA] [--review-table TABLE]
                [--history-table TABLE] [--history-schema SCHEMA]
                               takes over what people said in pt-query-digest's review table; only reads the server

Secrets come from the environment: MIDWATCH_PASSWORD, MIDWATCH_REPLICATION_PASSWORD, MIDWATCH_HOOK_TOKEN,
MIDWATCH_TRAFFIC_PASSWORD, MIDWATCH_SSH_PASSWORD, MIDWATCH_SSH_PASSPHRASE; each serves whatever has none stored here.
Exit codes: 0 calm or done, 1 failed, 2 wrong usage, 3 watch, 4 act now, 5 not every instance answered,
6 refused: nothing was begun, 7 begun and undone: the old primary stays.`;

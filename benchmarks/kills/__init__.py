"""The service is killed again and again, and a ledger tells whether anything was lost or doubled.

    python -m benchmarks.kills [1000] [--seed 1] [--minutes 25]

A publisher on 127.0.0.1 publishes and edits articles in feeds with and without validators, and in the seeds
directory; a real `feeds serve` polls it as often as it may, and refreshes are asked for besides. Processes of
it are killed (SIGKILL) at random moments: the supervisor, the poller, the reading process, either process of
the web server, all at once, or a `feeds refresh` that polls while no daemon runs; in between the whole is
ended (SIGTERM). A kill is often aimed at the moment after a document was handed out, when it is read and
stored.

- `articles`: what was published, and the ledger.
- `publisher`: the server of the feeds, and the seeds directory.
- `watch`: every edition that is served meanwhile is compared with the ledger.
- `stored`: at the end the whole store is.
- `life`: one installation from its first start to that end, fifty kills at most.

The plan of kills follows from the seed alone; at which statement one strikes is left to chance.
"""

"""What each setting is for, in the words of who runs Beraad. `settings.page` fails when one is missing or too many."""

from __future__ import annotations

SECTIONS: dict[str, dict[str, str]] = {
    "The installation": {
        "BERAAD_ENVIRONMENT": "`development` or `production`. Development permits default secrets, the clock that can be moved, "
        "and what belongs to it; production refuses all of that.",
        "BERAAD_FRONTEND_URL": "Where the web frontend begins: mails lead to `/proposals/{id}`, `/meetings/{id}` and so on there, by the same names as in the API; empty: to the API.",
        "BERAAD_PUBLIC_URL": "What people's browsers see before `/membership`, `/meetings` and so on; links in mails start with it.",
        "BERAAD_ORGANISATION": "The organisation's name, in mails and pages.",
        "BERAAD_LANGUAGE": "The organisation's language: `nl`, `fr` or `en`. Used for whoever has not chosen one.",
        "BERAAD_TIME_ZONE": "The organisation's time zone (IANA). Used for whoever, and whatever group, has no other.",
        "BERAAD_PROFILES": "What people can be in the organisation, such as `user,client,partner`; any other profile is refused. "
        "None named: any. Who has one that is named no more keeps it.",
        "BERAAD_ADMINISTRATOR_NAME": "The first administrator's name, used once: when there is no administrator yet.",
        "BERAAD_ADMINISTRATOR_EMAIL": "The first administrator's address, used once. Set it before the first start.",
    },
    "Databases": {
        "BERAAD_<SERVICE>_DATABASE_URL": "The service's own database: `postgresql+psycopg://…` or `sqlite:///file`.",
        "BERAAD_DATABASE_URL": "The same for a process that serves one service only (a container).",
    },
    "Events": {
        "BERAAD_BROKER_URL": "`amqp://…` of RabbitMQ. Without it the services read each other's feeds.",
        "BERAAD_<SERVICE>_BROKER_URL": "The same with the service's own user and password, as in production.",
        "BERAAD_LOG_KEEP_DAYS": "Events older than this leave the log for the archive; 0 keeps all, so that anybody can be rebuilt.",
        "BERAAD_LOG_ARCHIVE": "The folder they go to, one for each service; needed with the above. Back it up.",
        "BERAAD_<SERVICE>_URL": "Where the others find that service's API to read its feed.",
    },
    "Secrets": {
        "BERAAD_SECRET_KEY": "Protects what is stored sealed (signing keys), signs links, and seals the records of decisions. `beraad init` makes one.",
        "BERAAD_<SERVICE>_SERVICE_KEY": "What that service shows when it reads another's feed. All services know all keys.",
    },
    "Who may ask, and how often": {
        "BERAAD_CORS_ORIGINS": "Exact origins of frontends served from elsewhere, such as `https://app.example.org`.",
        "BERAAD_HOLIDAYS": "Whose public holidays a series avoids where it names no others: a country by ISO 3166, or a part of it (`DE-BY`); empty: none.",
        "BERAAD_RATE_PER_MINUTE": "Requests a minute from one caller, in one process.",
        "BERAAD_SIGN_IN_PER_ADDRESS": "Sign-in links in fifteen minutes for one mail address.",
        "BERAAD_SIGN_IN_PER_IP": "Sign-in links in an hour from one network address.",
        "BERAAD_TERM_WARNING_DAYS": "How many days before a term ends its holder is told.",
        "BERAAD_TRUSTED_PROXIES": "How many proxies stand in front; `X-Forwarded-*` of others is not believed.",
    },
    "Mail": {
        "BERAAD_SMTP_URL": "The mail server: `smtp://`, `smtps://` or `smtp+starttls://`, with `user:password@` where it wants one.",
        "BERAAD_SMTP_CA": "A file of certificates (PEM) to trust instead of the system's, where the mail server's is signed by an authority of one's own.",
        "BERAAD_SMTP_SENDER": "Who mails are from: an address alone, the organisation's name is put in front of it.",
        "BERAAD_SMTP_BOUNCES": "The mailbox for mail that comes back, with a tag for each mail (`beraad+…@example.org`); empty: the sender's; `none`: no tags, where the server knows no plus addresses.",
        "BERAAD_MAIL_PER_DOMAIN": "How many mails a minute go to one recipient's domain, of all workers together; 0: any number. More wait their turn, sign-in links do not.",
        "BERAAD_INBOX_URL": "Development: where mails can be read instead of being sent. Set by `beraad up`.",
    },
    "One machine (`beraad up`)": {
        "BERAAD_PORT": "Where to listen.",
        "BERAAD_HOST": "The address to listen on. Behind anything but the loopback interface, think of `BERAAD_ENVIRONMENT`.",
        "BERAAD_DATA": "The folder of databases, mails and secrets.",
    },
    "Processes": {
        "BERAAD_BIND": "`beraad web`: where to listen.",
        "BERAAD_WORKERS": "`beraad web`: how many processes.",
        "BERAAD_THREADS": "`beraad web`: how many threads in each.",
        "BERAAD_GATEWAY_IPS": "`beraad web`: addresses whose `X-Forwarded-*` headers are believed.",
        "BERAAD_METRICS_PORT": "`beraad worker`: where to serve its metrics and health.",
        "BERAAD_RUN_DIR": "Where heartbeats and the draining flag are kept: small files that count only while it runs.",
        "BERAAD_LOG_FORMAT": "`json` for machines, `console` for people.",
    },
}

"""How the crawler behaves toward other people's servers; the numbers are Scrapy settings."""

import os

BOT_NAME = "rolemarket"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Whoever runs a crawl is who a site must be able to reach; the default names nobody real.
CONTACT = os.environ.get("ROLEMARKET_CONTACT", "crawler@rolemarket.example.org")
USER_AGENT = f"rolemarket/0.1 (labour-market research; contact: {CONTACT})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "rolemarket"
DOWNLOAD_VERIFY_CERTIFICATES = True
COOKIES_ENABLED = False
REFERER_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DEFAULT_REQUEST_HEADERS = {"Accept": "application/json, application/xml;q=0.9, */*;q=0.8", "Accept-Language": "en"}

# Each spider narrows these for its backend (`BoardSpider.concurrency`, `.delay`); one spider is one backend, and a
# backend that serves many hosts (`*.bamboohr.com`) is one download slot.
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 2
# Scrapy starts as many tasks as this for every answer. An answer gives a few batches that are written at once, so its
# default of a hundred would cost more than archiving what came.
CONCURRENT_ITEMS = 4
DOWNLOAD_DELAY = 0.5
EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": None, "crawler.throttle.BackendThrottle": 0}
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.5
AUTOTHROTTLE_MAX_DELAY = 30.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 2.0

# The largest boards known are about 15 MB; whatever is longer is named in the crawl log instead of filling the memory.
DOWNLOAD_MAXSIZE = 24 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
# Disclosure files of 200 MB come in ranges of this size.
DISCLOSURE_RANGE_BYTES = 8 * 1024 * 1024
DOWNLOAD_TIMEOUT = 60.0
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 64 * 1024 * 1024

RETRY_TIMES = 3
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 520, 522, 524]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
# What failed is asked again before another board is begun: behind all others, as Scrapy has it, four hundred boards of a
# backend that is down would be asked three times each before eight of them are given up and it is left alone.
RETRY_PRIORITY_ADJUST = 1
RETRY_BACKOFF_SECONDS = 2.0
RETRY_AFTER_MAX_SECONDS = 120.0
CIRCUIT_FAILURES = 8
CIRCUIT_PAUSE_SECONDS = 30.0
CIRCUIT_OPENINGS = 3

HTTPCACHE_ENABLED = True
HTTPCACHE_POLICY = "crawler.vouching.AlwaysAsk"
HTTPCACHE_STORAGE = "crawler.vouching.ValidatorStorage"

DOWNLOADER_MIDDLEWARES = {
    "crawler.destinations.PublicAddressMiddleware": 50,
    "crawler.throttle.RobotsInTurnMiddleware": 90,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.robots.CautiousRobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    # Above the breaker, which must hear of every answer: one that sends a board elsewhere goes no further up than here.
    "crawler.middlewares.BoardRedirectMiddleware": 530,
    "crawler.middlewares.CircuitBreakerMiddleware": 540,
    "crawler.middlewares.PatientRetryMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "crawler.vouching.VouchingMiddleware": 900,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
ITEM_PIPELINES = {"crawler.pipelines.ArchivePipeline": 900}
DOWNLOAD_HANDLERS = {
    "http": "crawler.replay.handler.ReplayableDownloadHandler",
    "https": "crawler.replay.handler.ReplayableDownloadHandler",
    # Addresses come out of other people's data, and none of them is a file of this machine.
    **dict.fromkeys(("file", "data", "ftp", "s3")),
}
TWISTED_DNS_RESOLVER = "crawler.destinations.PublicResolver"
LOG_FORMATTER = "crawler.extensions.QuietLogFormatter"
LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"
WARN_ON_GENERATOR_RETURN_VALUE = False

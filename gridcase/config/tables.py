"""The tables and keys of config.toml with the values we ship; config.toml says what each one means."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gridcase.config.bulletins import ADDRESS, BANDS, MAY_BE_EMPTY, TEXTS
from gridcase.config.integrity import Integrity
from gridcase.config.nearness import DAYS, RADIUS, REACHES, Reach, reach_of
from gridcase.config.onsite import Onsite
from gridcase.config.rules import (
    CLASSES,
    DESK_ROLES,
    FLAG,
    LIMIT_TEXT,
    MERGE,
    NAME,
    SCHEDULE,
    SCHEME,
    SIZE,
    SLOTS,
    TEXT,
    TIME,
    TRUSTED,
    choice,
    matching,
    number,
    setting,
    table,
    whole,
)


@dataclass(frozen=True)
class Site:
    name: str = setting("城市网格化管理平台", TEXT)
    district: str = setting("120104", matching(r"[0-9]{6}", "a district code of six digits"))
    data: str = setting("var", TEXT)


# The databases that this program knows, and how to write them.
DATABASE_URL = r"(?:sqlite:///|postgresql\+psycopg://).+"
DATABASE_FORMS = "sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"


@dataclass(frozen=True)
class Database:
    url: str = setting(
        "sqlite:///var/gridcase.db",
        matching(DATABASE_URL, DATABASE_FORMS),
    )


@dataclass(frozen=True)
class Server:
    threads: int = setting(8, whole(1, 256))
    max_body_bytes: int = setting(33554432, whole(65536, 2**31))
    trusted_proxy: str = setting("", TRUSTED)


@dataclass(frozen=True)
class Workflow:
    default: str = setting("standard", NAME)


@dataclass(frozen=True)
class Catalogue:
    standard: str = setting("yuncheng-2026", TEXT)


@dataclass(frozen=True)
class Roles:
    merge: tuple[tuple[str, str], ...] = setting((), MERGE)


@dataclass(frozen=True)
class Filing:
    by: str = setting("shift_supervisor", choice(*DESK_ROLES))


@dataclass(frozen=True)
class Closing:
    by: str = setting("shift_supervisor", choice(*DESK_ROLES))


@dataclass(frozen=True)
class Clock:
    slots: tuple[tuple[str, str], ...] = setting((("08:00", "12:00"), ("14:00", "18:00")), SLOTS)
    workday: str = setting("span", choice("span", "close_of_business"))


@dataclass(frozen=True)
class Lamp:
    yellow: int = setting(80, whole(1, 100))


@dataclass(frozen=True)
class HandBack:
    limit: str = setting("4工作时", LIMIT_TEXT)
    difficult_from: int = setting(2, whole(1, 100))


@dataclass(frozen=True)
class Rework:
    limit: str = setting("full", choice("full", "remaining"))


@dataclass(frozen=True)
class Extension:
    size: str = setting("original", SIZE)
    max: int = setting(2, whole(0, 99))


@dataclass(frozen=True)
class Verification:
    window_minutes: int = setting(60, whole(1, 720))
    other_inspector: bool = setting(False, FLAG)
    far_m: float = setting(200.0, number(0, 10**6, float))


@dataclass(frozen=True)
class Duplicates:
    radius_m: float = setting(50.0, RADIUS)
    days: int = setting(7, DAYS)
    by_category: tuple[Reach, ...] = setting((), REACHES)

    def reach(self, category: str) -> Reach:
        """Radius and days of `kind/main/sub`."""
        return reach_of(category, self.by_category, Reach(category, self.radius_m, self.days))


@dataclass(frozen=True)
class SelfHandling:
    classes: tuple[str, ...] = setting(("event/01/10", "event/02/01"), CLASSES)


@dataclass(frozen=True)
class Photos:
    max_bytes: int = setting(10485760, whole(1024, 2**30))
    max_pixels: int = setting(50000000, whole(10000, 10**9))
    thumbnail_pixels: int = setting(320, whole(16, 2048))
    reuse_bits: int = setting(3, whole(0, 3))


@dataclass(frozen=True)
class Uploads:
    keep_hours: int = setting(72, whole(1, 10000))
    max_open: int = setting(200, whole(1, 10000))


@dataclass(frozen=True)
class Text:
    max_length: int = setting(4000, whole(10, 100000))


@dataclass(frozen=True)
class Geo:
    default_crs: str = setting("wgs84", choice("wgs84", "cgcs2000", "gcj02", "bd09"))
    code_scheme: str = setting("gbt30428", choice("cjt213", "gbt30428", "gbt47678"))
    snap_m: float = setting(0.01, number(0, 10, float))


@dataclass(frozen=True)
class Evaluation:
    period_start_day: int = setting(1, whole(1, 28))
    departments: str = setting("department-d1", SCHEME)
    streets: str = setting("area", SCHEME)
    cells: str = setting("area-cell-1", SCHEME)
    inspectors: str = setting("post-inspector", SCHEME)
    intake_operators: str = setting("post-intake-operator", SCHEME)
    shift_supervisors: str = setting("post-shift-supervisor", SCHEME)
    dispatchers: str = setting("post-dispatcher", SCHEME)
    raters_at_least: int = setting(0, whole(0, 1000))
    onsite: Onsite = table(Onsite)


@dataclass(frozen=True)
class Bulletin:
    basis: tuple[str, ...] = setting(
        ("《数字化城市管理信息系统 第4部分：绩效评价》（GB/T 30428.4-2016）",), TEXTS
    )
    signature: str = setting("", MAY_BE_EMPTY)
    listed: int = setting(3, whole(0, 100))
    red_from: Decimal = setting(Decimal(0), number(0, 1000, Decimal))
    black_below: Decimal = setting(Decimal(0), number(0, 1000, Decimal))
    yellow_below: Decimal = setting(Decimal(60), number(0, 1000, Decimal))
    red_after: int = setting(2, whole(2, 12))
    backlog_days: tuple[int, ...] = setting((3, 7, 15, 30), BANDS)
    rewards: str = setting("", MAY_BE_EMPTY)
    base_url: str = setting("", ADDRESS)
    public: bool = setting(True, FLAG)


@dataclass(frozen=True)
class Slow:
    on_time_closing_rate_below: Decimal = setting(Decimal(80), number(0, 100, Decimal))
    min_due: int = setting(5, whole(1, 100000))
    overdue_open_at_least: int = setting(3, whole(1, 100000))


@dataclass(frozen=True)
class Reminders:
    days: int = setting(7, whole(1, 31))
    deliver_from: str = setting("08:00", TIME)
    deliver_to: str = setting("20:00", TIME)
    slow: Slow = table(Slow)


@dataclass(frozen=True)
class Jobs:
    remind: str = setting("08:05", SCHEDULE)
    release_holds: str = setting("every minute", SCHEDULE)
    watchdog: str = setting("every 10 minutes", SCHEDULE)
    notices: str = setting("every 5 minutes", SCHEDULE)
    recompute_due: str = setting("every 5 minutes", SCHEDULE)
    settle: str = setting("03:40", SCHEDULE)
    clean_uploads: str = setting("02:50", SCHEDULE)


@dataclass(frozen=True)
class History:
    hash: str = setting("sha256", choice("sha256", "sm3"))


@dataclass(frozen=True)
class Sessions:
    idle_minutes: int = setting(120, whole(1, 100000))
    absolute_hours: int = setting(24, whole(1, 10000))


@dataclass(frozen=True)
class SignIn:
    account_failures: int = setting(5, whole(1, 1000))
    address_failures: int = setting(50, whole(1, 100000))
    within_minutes: int = setting(15, whole(1, 1440))
    lock_minutes: int = setting(15, whole(1, 1440))
    second_factor: str = setting("off", choice("off", "allowed", "required"))


@dataclass(frozen=True)
class Passwords:
    min_length: int = setting(10, whole(8, 64))
    kinds: int = setting(2, whole(1, 4))


@dataclass(frozen=True)
class Public:
    reports: bool = setting(True, FLAG)
    channel: str = setting("app", NAME)
    reports_an_hour: int = setting(10, whole(1, 100000))
    wrong_codes_an_hour: int = setting(30, whole(1, 100000))


@dataclass(frozen=True)
class Settings:
    """All settings of one installation, the tables and keys of config.toml under the same names."""

    site: Site = table(Site)
    database: Database = table(Database)
    server: Server = table(Server)
    workflow: Workflow = table(Workflow)
    catalogue: Catalogue = table(Catalogue)
    roles: Roles = table(Roles)
    filing: Filing = table(Filing)
    closing: Closing = table(Closing)
    clock: Clock = table(Clock)
    lamp: Lamp = table(Lamp)
    hand_back: HandBack = table(HandBack)
    rework: Rework = table(Rework)
    extension: Extension = table(Extension)
    verification: Verification = table(Verification)
    duplicates: Duplicates = table(Duplicates)
    self_handling: SelfHandling = table(SelfHandling)
    photos: Photos = table(Photos)
    uploads: Uploads = table(Uploads)
    text: Text = table(Text)
    geo: Geo = table(Geo)
    evaluation: Evaluation = table(Evaluation)
    bulletin: Bulletin = table(Bulletin)
    integrity: Integrity = table(Integrity)
    reminders: Reminders = table(Reminders)
    jobs: Jobs = table(Jobs)
    history: History = table(History)
    sessions: Sessions = table(Sessions)
    sign_in: SignIn = table(SignIn)
    passwords: Passwords = table(Passwords)
    public: Public = table(Public)

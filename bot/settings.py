"""What a deployer may choose: read once from the environment and `.env`, known to the edges only."""

import functools
import os
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Literal

from cryptography.fernet import Fernet
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Each field is an environment variable of the same name in capitals (see `.env.example`)."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    operator: Literal["independent", "bureau"] = "independent"
    district_name: str = "天津市西青区"
    fast_lane_limit: Decimal = Field(default=Decimal(2000), ge=0)
    var_dir: Path = ROOT / "var"
    database_url: str = ""
    data_key: str = ""
    secret_key: str = ""
    public_url: str | None = None
    personal_data_in_chat: bool = False
    telegram_token: str = ""
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: str = ""
    officers_chat: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    fetch_recalls: bool = False
    read_labels: bool = True
    shop_answer_hours: float = Field(default=16, gt=0, le=40)
    message_days: int = Field(default=90, ge=1)
    draft_days: int = Field(default=90, ge=1)
    button_days: int = Field(default=30, ge=1)
    update_days: int = Field(default=7, ge=1)
    notice_days: int = Field(default=180, ge=1)
    record_days: int = Field(default=365, ge=1)
    alert_days: int = Field(default=365, ge=1)
    question_days: int = Field(default=180, ge=1)
    page_days: int = Field(default=365, ge=1)
    audit_days: int = Field(default=1095, ge=183)
    push_without_approval: int = Field(default=50, ge=0)
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=1, le=65535)
    rasa_port: int = Field(default=5005, ge=1, le=65535)
    actions_host: str = "127.0.0.1"
    actions_port: int = Field(default=5055, ge=1, le=65535)
    rasa_timeout_seconds: float = Field(default=8.0, gt=0)
    log_format: Literal["plain", "json"] = "plain"
    metrics_token: str = ""
    rasa_url: str = ""
    actions_url: str = ""
    redis_url: str = ""

    def database(self) -> str:
        """The SQLAlchemy address of the records: SQLite in `var/` unless one is given."""
        return self.database_url or f"sqlite:///{self.var_dir / 'records.db'}"

    def data_keys(self) -> list[bytes]:
        """Fernet keys for personal data, newest first; made and kept in `var/` when none is given."""
        text = self.data_key or kept_secret(
            self.var_dir / "data.key", Fernet.generate_key().decode()
        )
        return [key.strip().encode() for key in text.split(",")]

    def signing_key(self) -> str:
        """What signs the citizens' cookies and links; made and kept in `var/` when none is given."""
        return self.secret_key or kept_secret(
            self.var_dir / "signing.key", secrets.token_urlsafe(48)
        )

    def may_ask_in_chat(self) -> bool:
        """Whether identity and evidence may be asked in a foreign channel such as Telegram.

        个人信息保护法 第36条 keeps a state organ's personal data in the country: they are asked on our
        own page, unless the deployer says otherwise or there is no page yet (a local trial).
        """
        return self.personal_data_in_chat or not self.public_url

    def may_ask_shops(self) -> bool:
        """Whether the fast lane can reach a shop: by letter, with a link to a page of ours."""
        return bool(self.smtp_url and self.public_url)

    def rasa_urls(self) -> str:
        """Where Rasa listens: on loopback, unless addresses are given, with commas between."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    def actions_urls(self) -> str:
        """Where the action servers listen, one for each Rasa, in the same order."""
        return self.actions_url or f"http://127.0.0.1:{self.actions_port}"


def kept_secret(path: Path, fresh: str) -> str:
    """The secret in `path`, written there from `fresh` first where none is kept yet.

    Two processes may start at once: the first to create the file wins, and both read the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(fresh)
    try:
        os.link(half, path)
    except FileExistsError:
        pass
    finally:
        half.unlink()
    return path.read_text().strip()


@functools.cache
def get() -> Settings:
    """The settings of this process."""
    return Settings()

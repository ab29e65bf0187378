from pydantic_settings import BaseSettings, SettingsConfigDict

from .base import *


class Env(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    api_key: str
    retries: int
    colour: str = "blue"


ENV = Env()

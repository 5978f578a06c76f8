# Two images for compose.yaml: `product` is the bot and the action server, `rasa` its own runtime with the model.
# The commands are those of supervisord.conf; the folders are laid out as `make setup` lays them out.

FROM python:3.11-slim AS product
RUN pip install --no-cache-dir uv && useradd --create-home app
WORKDIR /app
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache
COPY bot bot
COPY actions actions
RUN mkdir var && chown app var
USER app

FROM python:3.10-slim AS rasa
RUN pip install --no-cache-dir uv && useradd --create-home app
WORKDIR /app
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false
COPY nlu/pyproject.toml nlu/uv.lock nlu/
RUN uv sync --frozen --no-dev --no-cache --project nlu
COPY config.yml domain.yml ./
COPY nlu nlu
COPY bot/__init__.py bot/
COPY bot/reading bot/reading
COPY bot/library/district.yml bot/library/
# Trained while the image is built (minutes): what runs needs no model from outside, and cannot have another's.
RUN mv "$(nlu/.venv/bin/python -m nlu.train var/models)" var/model.tar.gz && rm -r var/models
USER app

FROM python:3.12

ENV PYTHONDONTWRITEBYTECODE 1
ENV PYTHONUNBUFFERED 1

RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential libpq-dev \
    # translations
    && apt-get install -y gettext \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /code
ADD requirements.txt /code/
RUN pip install --upgrade pip && pip install -r requirements.txt
ADD . /code/
VOLUME ["/code/media", "/code/static"]
ENTRYPOINT ["./entrypoint.sh"]
CMD python manage.py migrate && python manage.py runserver 0.0.0.0:8000

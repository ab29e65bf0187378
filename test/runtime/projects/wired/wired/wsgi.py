from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def lazy(environ, start_response):
    """Starts the app only when its body is asked for, as a generator does."""
    yield from application(environ, start_response)

from django.core.wsgi import get_wsgi_application

import broken.urls

application = get_wsgi_application()

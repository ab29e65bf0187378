from things.models import Thing


class Meddling:
    """Does what `?middleware=` names, around the view and inside no view."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        task = request.GET.get("middleware")
        if task == "session":
            request.session.get("x")
        if task == "user":
            bool(request.user.is_authenticated)
        response = self.get_response(request)
        if task == "write":
            Thing.objects.create(title="by middleware")
        return response

"""The digest pages: plain Django, with templates and a form."""

import logging

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from .models import Digest
from .tasks import write_digest_of_this_week

logger = logging.getLogger(__name__)


@require_GET
def digest_list(request):
    return render(request, "digests/digest_list.html", {"digests": Digest.objects.all()[:52]})


@require_POST
@staff_member_required
def write_now(request):
    """Ask for this week's digest; the task writes it in a moment."""
    try:
        write_digest_of_this_week.delay()
    except OperationalError:
        logger.exception("The digest could not be queued")
        messages.error(request, "The task queue does not answer. Please try again later.")
    else:
        messages.success(request, "This week’s digest is being written. Reload in a moment.")
    return redirect("digests:list")

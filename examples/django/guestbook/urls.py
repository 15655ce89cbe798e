"""Guests read and write; the host, who has signed in, decides what is shown."""

from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from guestbook.models import Entry


@csrf_exempt
def entries(request: HttpRequest) -> HttpResponse:
    """What is shown, or a new entry, which is not shown yet."""
    if request.method != "POST":
        shown = Entry.objects.filter(shown=True).order_by("id")
        return JsonResponse({"entries": list(shown.values("name", "text"))})
    entry = Entry(name=request.POST.get("name", ""), text=request.POST.get("text", ""))
    try:
        entry.full_clean()
    except ValidationError as error:
        return JsonResponse(error.message_dict, status=400)
    entry.save()
    return JsonResponse({"id": entry.id}, status=201)


@csrf_exempt
def sign_in(request: HttpRequest) -> HttpResponse:
    user = authenticate(request, username=request.POST.get("name"), password=request.POST.get("password"))
    if user is None:
        return HttpResponse("No.", status=403)
    login(request, user)
    return HttpResponse(status=204)


@csrf_exempt
@login_required
def show(request: HttpRequest, number: int) -> HttpResponse:
    entry = get_object_or_404(Entry, pk=number)
    entry.shown = True
    entry.save()
    return HttpResponse(status=204)


urlpatterns = [path("entries", entries), path("login", sign_in), path("entries/<int:number>/show", show)]

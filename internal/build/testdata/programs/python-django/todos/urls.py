import json

from django.http import HttpResponse, JsonResponse
from django.urls import path

from todos.models import Todo


def todos(request):
    if request.method == "POST":
        Todo.objects.create(title=json.loads(request.body)["title"])
        return HttpResponse(status=201)
    return JsonResponse(list(Todo.objects.values_list("title", flat=True)), safe=False)


urlpatterns = [path("todos", todos)]

"""Addresses of the register of claims."""

from django.urls import path

from douse.console.claims import acting, views

app_name = "claims"
urlpatterns = [
    path("", views.show, name="list"),
    path("new", views.new, name="new"),
    path("similar", views.similar, name="similar"),
    path("<str:claim_id>", views.claim, name="claim"),
    path("<str:claim_id>/answer", acting.answer, name="answer"),
    path("<str:claim_id>/figures", acting.offered, name="facts"),
    path("<str:claim_id>/review", acting.review, name="review"),
    path("<str:claim_id>/send-back", acting.send_back, name="send_back"),
    path("<str:claim_id>/withdraw", acting.withdraw, name="withdraw"),
    path("<str:claim_id>/reopen", acting.reopen, name="reopen"),
    path("<str:claim_id>/join", acting.join, name="join"),
]

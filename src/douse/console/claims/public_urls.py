"""Addresses of claims among the pages for residents: to be added to theirs."""

from django.urls import path

from douse.console.claims import public_views

urlpatterns = [
    path("claims", public_views.show, name="claims"),
    path("claims/new", public_views.new, name="claim_new"),
    path("claims/reviews.jsonld", public_views.reviews, name="claims_json"),
    path("claims/<str:claim_id>", public_views.claim, name="claim"),
]

"""The first tables."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import douse.console.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[\\w.@-]+\\Z", "Letters, digits and . _ - @ only."
                            )
                        ],
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("language", models.CharField(blank=True, default="", max_length=5)),
                ("added_at", models.DateTimeField(default=douse.console.clock.now)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="InForce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathogen", models.CharField(max_length=100)),
                ("protocol", models.CharField(max_length=100)),
                ("costs", models.CharField(max_length=100)),
                ("chosen_by", models.CharField(max_length=60)),
                ("chosen_at", models.DateTimeField(default=douse.console.clock.now)),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "ordering": ["-chosen_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="BrokenGlass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("zone", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=500)),
                ("began_at", models.DateTimeField(default=douse.console.clock.now)),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "told_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="broken_glass",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-began_at"],
            },
        ),
        migrations.CreateModel(
            name="OneTimeLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(default=douse.console.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("reporter", "reporter"),
                            ("tracer", "tracer"),
                            ("laboratory", "laboratory"),
                            ("logistics", "logistics"),
                            ("epidemiologist", "epidemiologist"),
                            ("decision_maker", "decision_maker"),
                            ("data_steward", "data_steward"),
                            ("administrator", "administrator"),
                            ("auditor", "auditor"),
                        ],
                        max_length=30,
                    ),
                ),
                ("zone", models.CharField(max_length=200)),
                ("given_by", models.CharField(max_length=60)),
                ("given_at", models.DateTimeField(default=douse.console.clock.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["user__name", "role", "zone"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "role", "zone"), name="one_role_in_a_zone"),
                    models.CheckConstraint(condition=models.Q(("zone", ""), _negated=True), name="a_zone_is_named"),
                ],
            },
        ),
    ]

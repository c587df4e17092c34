"""One-time codes and puzzles of residents; the role of community workers."""

from django.db import migrations, models

import douse.console.clock


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0002_api_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="OneTimeCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("given_by", models.CharField(max_length=60)),
                ("given_at", models.DateTimeField(default=douse.console.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-given_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SpentWork",
            fields=[
                ("puzzle", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AlterField(
            model_name="assignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("reporter", "reporter"),
                    ("tracer", "tracer"),
                    ("community_worker", "community_worker"),
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
    ]

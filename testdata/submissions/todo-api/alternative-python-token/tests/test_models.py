import unittest

from pydantic import ValidationError

from app.models import TodoInput, TodoPatch


class TodoInputTest(unittest.TestCase):
    def test_a_title_is_enough(self):
        todo = TodoInput.model_validate({"title": " Water the plants "})
        self.assertEqual(
            todo.model_dump(),
            {
                "title": "Water the plants",
                "description": "",
                "completed": False,
                "due_date": None,
                "priority": "medium",
            },
        )

    def test_unknown_properties_are_ignored(self):
        patch = TodoPatch.model_validate({"id": 7, "owner": "me", "completed": True})
        self.assertEqual(patch.model_dump(exclude_unset=True), {"completed": True})

    def test_refused(self):
        for body in (
            {},
            {"title": None},
            {"title": 12},
            {"title": "  "},
            {"title": "é" * 201},
            {"title": "a\0b"},
            {"title": "a", "completed": "yes"},
            {"title": "a", "due_date": "2026-02-30"},
            {"title": "a", "due_date": 20260331},
            {"title": "a", "priority": "High"},
            [{"title": "a"}],
            None,
        ):
            with self.subTest(body=body), self.assertRaises(ValidationError):
                TodoInput.model_validate(body)


if __name__ == "__main__":
    unittest.main()

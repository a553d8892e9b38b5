"""The page, one file per tab, thin over ``copassist.workspace``. Gradio: here and in app.py."""

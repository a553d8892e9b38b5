"""The page's own looks: paper and ink, one green, one marker's yellow; light and dark.

Fonts are files that Gradio ships (of IBM Plex Sans, its 600 weight lacks most letters): nothing is
fetched from elsewhere.
"""

from __future__ import annotations

from importlib import resources
from typing import Final

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

# Contrast on the grounds they stand on, WCAG 2.2 formula: text at least 7:1, small accents 4.5:1.
INK: Final = "#20261f"
PAPER: Final = "#fbfaf6"
SHEET: Final = "#ffffff"
LINE: Final = "#d8d5ca"
GREEN: Final = "#1d5c4b"
GREEN_DEEP: Final = "#154638"
QUIET: Final = "#575e54"
RED: Final = "#9b2c1f"

NIGHT: Final = "#161a18"
NIGHT_SHEET: Final = "#1f2522"
NIGHT_LINE: Final = "#3b443f"
CHALK: Final = "#e9ece6"
CHALK_QUIET: Final = "#b3bcb4"
MINT: Final = "#8fd3bb"
CORAL: Final = "#f2a094"

GREENS: Final = gr.themes.Color(
    "#eef6f2", "#dcede6", "#b9dbcd", "#8fd3bb", "#57a68c", "#2e7d66",
    GREEN, GREEN_DEEP, "#103a2e", "#0b2a21", "#071d17", name="copassist",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """A Gradio theme with every colour set for both grounds."""
    base = gr.themes.Base(
        primary_hue=GREENS,
        secondary_hue=GREENS,
        neutral_hue=gr.themes.colors.stone,
        text_size=gr.themes.sizes.text_lg,
        spacing_size=gr.themes.sizes.spacing_md,
        radius_size=gr.themes.sizes.radius_md,
        font=(LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"),
        font_mono=("ui-monospace", "Consolas", "monospace"),
    )
    return base.set(
        body_background_fill=PAPER,
        body_background_fill_dark=NIGHT,
        body_text_color=INK,
        body_text_color_dark=CHALK,
        body_text_color_subdued=QUIET,
        body_text_color_subdued_dark=CHALK_QUIET,
        background_fill_primary=SHEET,
        background_fill_primary_dark=NIGHT_SHEET,
        background_fill_secondary=PAPER,
        background_fill_secondary_dark=NIGHT,
        # Fields have a frame, blocks around them have none: one box a thing.
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_padding="0",
        block_shadow="none",
        block_title_text_weight="600",
        block_title_text_size="0.95rem",
        block_info_text_size="0.9rem",
        form_gap_width="1rem",
        layout_gap="1rem",
        block_border_color=LINE,
        block_border_color_dark=NIGHT_LINE,
        block_label_background_fill=SHEET,
        block_label_background_fill_dark=NIGHT_SHEET,
        block_label_text_color=QUIET,
        block_label_text_color_dark=CHALK_QUIET,
        block_title_text_color=INK,
        block_title_text_color_dark=CHALK,
        block_info_text_color=QUIET,
        block_info_text_color_dark=CHALK_QUIET,
        border_color_primary=LINE,
        border_color_primary_dark=NIGHT_LINE,
        border_color_accent=GREEN,
        border_color_accent_dark=MINT,
        color_accent=GREEN,
        color_accent_soft="#eef6f2",
        color_accent_soft_dark="#22332d",
        link_text_color=GREEN,
        link_text_color_dark=MINT,
        link_text_color_hover=GREEN_DEEP,
        link_text_color_hover_dark=CHALK,
        link_text_color_visited=GREEN,
        link_text_color_visited_dark=MINT,
        link_text_color_active=GREEN_DEEP,
        link_text_color_active_dark=CHALK,
        input_background_fill=SHEET,
        input_border_width="1px",
        input_radius="8px",
        input_padding="0.55rem 0.75rem",
        input_text_size="1rem",
        input_shadow="none",
        input_shadow_focus="none",
        input_background_fill_dark=NIGHT_SHEET,
        input_border_color="#8a8f84",
        input_border_color_dark="#7d8880",
        input_border_color_focus=GREEN,
        input_border_color_focus_dark=MINT,
        input_placeholder_color="#666d62",
        input_placeholder_color_dark="#a3ada5",
        button_primary_background_fill=GREEN,
        button_primary_background_fill_dark=MINT,
        button_primary_background_fill_hover=GREEN_DEEP,
        button_primary_background_fill_hover_dark="#b0e2d0",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#0b2a21",
        button_secondary_background_fill=SHEET,
        button_secondary_background_fill_dark=NIGHT_SHEET,
        button_secondary_background_fill_hover="#eef6f2",
        button_secondary_background_fill_hover_dark="#2a332f",
        button_secondary_text_color=INK,
        button_secondary_text_color_dark=CHALK,
        button_secondary_border_color="#8a8f84",
        button_secondary_border_color_dark="#7d8880",
        button_cancel_background_fill=SHEET,
        button_cancel_background_fill_dark=NIGHT_SHEET,
        button_cancel_background_fill_hover="#fbeeec",
        button_cancel_background_fill_hover_dark="#3a2522",
        button_cancel_text_color=RED,
        button_cancel_text_color_dark=CORAL,
        button_cancel_border_color=RED,
        button_cancel_border_color_dark=CORAL,
        button_border_width="1px",
        button_primary_border_color=GREEN,
        button_primary_border_color_dark=MINT,
        button_large_radius="8px",
        button_small_radius="8px",
        button_large_text_size="1rem",
        button_large_text_weight="600",
        button_large_padding="0.55rem 1.1rem",
        button_small_text_size="0.95rem",
        button_small_text_weight="600",
        button_small_padding="0.4rem 0.9rem",
        checkbox_background_color=SHEET,
        checkbox_background_color_dark=NIGHT,
        checkbox_background_color_hover=SHEET,
        checkbox_background_color_hover_dark=NIGHT,
        checkbox_background_color_focus=SHEET,
        checkbox_background_color_focus_dark=NIGHT,
        checkbox_background_color_selected=GREEN,
        checkbox_background_color_selected_dark="#2e7d66",
        checkbox_border_color="#8a8f84",
        checkbox_border_color_dark="#7d8880",
        checkbox_border_color_selected=GREEN,
        checkbox_border_color_selected_dark=MINT,
        checkbox_label_background_fill="transparent",
        checkbox_label_background_fill_dark="transparent",
        checkbox_label_background_fill_hover="#eef6f2",
        checkbox_label_background_fill_hover_dark="#22332d",
        checkbox_label_background_fill_selected="#eef6f2",
        checkbox_label_background_fill_selected_dark="#22332d",
        checkbox_label_border_color=LINE,
        checkbox_label_border_color_dark=NIGHT_LINE,
        checkbox_label_border_width="1px",
        checkbox_label_text_color=INK,
        checkbox_label_text_color_dark=CHALK,
        checkbox_label_text_color_selected=INK,
        checkbox_label_text_color_selected_dark=CHALK,
        checkbox_label_padding="0.4rem 0.8rem",
        checkbox_label_text_weight="400",
        checkbox_label_text_size="0.95rem",
        checkbox_label_shadow="none",
        table_even_background_fill=SHEET,
        table_even_background_fill_dark=NIGHT_SHEET,
        table_odd_background_fill=PAPER,
        table_odd_background_fill_dark=NIGHT,
        table_border_color=LINE,
        table_border_color_dark=NIGHT_LINE,
        table_text_color=INK,
        table_text_color_dark=CHALK,
    )


def style() -> str:
    """The style sheet of our own HTML."""
    return resources.files("copassist.ui").joinpath("style.css").read_text(encoding="utf-8")

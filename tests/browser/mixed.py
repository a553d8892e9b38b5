"""Twenty files as a coordinator has them: eleven types, one file twice, and four that are bad."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import docx
import openpyxl
import pptx
from fpdf import FPDF

BAD: Final = ("vide.txt", "brisé.docx", "brouillé.pdf", "dessin.xyz")
"""Those that cannot be read: empty, cut in half, not what its name says, of no known type."""
TWICE: Final = "copie de rencontre.md"
SENTENCE: Final = "Ginette prête la machine à plastifier jusqu'au 15 janvier ({mark})."
"""What one of the files alone says."""
CORRECTED: Final = "2026-02-11 rencontre.docx"
REMOVED: Final = "prêt.docx"


def mixed_files(folder: Path, mark: str) -> list[Path]:
    """Twenty files in ``folder``; ``mark`` stands in each, so that two drops are not the same."""
    folder.mkdir(parents=True)
    _word(folder / CORRECTED, "Rencontre d'hiver", f"Le budget du papier est reporté ({mark}).")
    _word(folder / REMOVED, "Prêt de matériel", SENTENCE.format(mark=mark))
    _word(folder / "grille.docx", "Grille", f"Observer la main pendant cinq minutes ({mark}).")
    text = f"# Compte rendu du 14 janvier 2026\n\n## Suivis\n\nAline relance l'école ({mark}).\n"
    (folder / "rencontre.md").write_text(text)
    (folder / TWICE).write_text(text)
    (folder / "2026-03-04 notes.md").write_text(f"# Notes\n\nOn garde la salle du haut ({mark}).\n")
    (folder / "aide-mémoire.txt").write_text(f"Apporter les ciseaux à bouts ronds ({mark}).\n")
    (folder / "présences.csv").write_text(f"nom,présences\nAline,4\nGinette,3\n{mark},1\n")
    (folder / "page.html").write_text(f"<h1>Liens</h1><p>Le site du réseau ({mark}).</p>")
    _sheet(folder / "budget.xlsx", mark)
    _slides(folder / "atelier.pptx", mark)
    _pdf(folder / "guide à jour.pdf", f"Le guide de la posture est relu chaque automne ({mark}).")
    _pdf(folder / "2026-04-01 bilan.pdf", f"Le bilan est favorable ({mark}).")
    _mail(folder / "invitation.eml", mark)
    with zipfile.ZipFile(folder / "archives.zip", "w") as archive:
        archive.writestr(
            "vieux/2019-05-08 rencontre.md", f"# Rencontre\n\nOn part de loin ({mark})."
        )
        archive.writestr("vieux/liste.txt", f"Colle, carton, ficelle ({mark}).")
    (folder / "questions.md").write_text(f"# Questions\n\nQui anime en mai? ({mark})\n")
    (folder / BAD[0]).write_text("")
    whole = (folder / "grille.docx").read_bytes()
    (folder / BAD[1]).write_bytes(whole[: len(whole) // 2])
    (folder / BAD[2]).write_bytes(b"%PDF-1.7\n" + mark.encode() + bytes(200))
    (folder / BAD[3]).write_bytes(bytes(range(256)))
    return sorted(folder.iterdir())


def _word(path: Path, title: str, said: str) -> None:
    made = docx.Document()
    made.add_heading(title, 1)
    made.add_paragraph(said)
    made.save(str(path))


def _sheet(path: Path, mark: str) -> None:
    made = openpyxl.Workbook()
    made.active.append(["poste", "montant"])
    made.active.append([f"papier ligné {mark}", 200])
    made.save(path)


def _slides(path: Path, mark: str) -> None:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "Atelier"
    slide.placeholders[1].text = f"Trois tables, trois minutes ({mark})"
    made.save(str(path))


def _pdf(path: Path, said: str) -> None:
    made = FPDF()
    made.add_page()
    made.set_font("helvetica", size=14)
    made.multi_cell(0, 8, said)
    made.output(str(path))


def _mail(path: Path, mark: str) -> None:
    made = EmailMessage()
    made["Subject"] = "Invitation au bilan"
    made["From"] = "aline@exemple.ca"
    made["To"] = "groupe@exemple.ca"
    made["Date"] = "Wed, 18 Mar 2026 09:00:00 -0400"
    made.set_content(f"Le bilan se tient à la bibliothèque, apportez vos grilles ({mark}).")
    path.write_bytes(made.as_bytes())

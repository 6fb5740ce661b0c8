"""What the services say of a wrong value, marked for the catalog; shown where the refusal is explained."""

from console.i18n import N_

SENTENCES = (
    N_("This person does not work for the estate."),
    N_("A duty lasts from one minute to 24 hours."),
    N_("Choose at least one day of the week."),
    N_("The last day must not come before the first."),
    N_("There is no such reason."),
    N_("The end must come after the beginning."),
    N_("This person has that duty already."),
    N_("That duty is over."),
    N_("That is not a time of day."),
    N_("That is not a date."),
    N_("Choose one from the list."),
    N_("A name is needed."),
    N_("The file is empty."),
    N_("The file has too many rows."),
    N_("The file is larger than 5 MB."),
    N_("This is neither a CSV nor an XLSX file."),
    N_("The estate does not speak this language."),
    N_("Building, floor and door are needed."),
    N_("This unit is there already."),
    N_("A class needs a code and a name."),
    N_("This class is there already."),
    N_("There is no such unit; write building and unit as 3-12A."),
    N_("A resident belongs to at least one unit."),
    N_("Choose two different people."),
    N_("Tick the box to say that you are sure."),
)

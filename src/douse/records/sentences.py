"""What each finding says: what is wrong, what was allowed, what to do next. Never a value.

Row rules of `tables.py` have the sentence ``row_rule`` with the rule's own words.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """A message and a next step with ``{named}`` fields."""

    message: str
    next_step: str

    def say(self, **facts: str) -> "Sentence":
        """The sentence with its fields filled in."""
        return Sentence(self.message.format_map(facts), self.next_step.format_map(facts))


_CORRECT = "Correct the cell and send the file again."
_NO_STEP = "Nothing, if that is right."
_CORRECT_ENTRY = "Correct the entry and send the file again."

SENTENCES: dict[str, Sentence] = {
    # Files
    "unreadable_file": Sentence(
        "The file is not a table of text or Parquet.", "Save it as CSV (UTF-8) or Parquet and send it again."
    ),
    "spreadsheet_file": Sentence(
        "The file is a workbook or an archive, which is not read.",
        "Save each sheet as CSV (UTF-8), named after its table.",
    ),
    "empty_file": Sentence("The file is empty.", "Send it again, or take it away if there is nothing to tell."),
    "header_only": Sentence("The file has a header and no rows.", _NO_STEP),
    "file_not_read": Sentence(
        "The file was not read: its name is no table, and its columns are of no form that is known.",
        "Name it after its table ({tables}), or describe it in a mapping.",
    ),
    "second_line_list": Sentence(
        "The file looks like a line list, but the cases were read from another file.",
        "Name both files cases-….csv if both hold cases.",
    ),
    "visits_not_indexed": Sentence(
        "The visits of this file are not in the index, and nobody reads them.", "Run douse index on the folder."
    ),
    "not_in_mapping": Sentence(
        "The file was not read: no table of the mapping names it.",
        "Add a [[table]] for it to the mapping if it counts.",
    ),
    "file_of_mapping_missing": Sentence(
        "The mapping names this file, but it is not there.", "Send it too, or take it out of the mapping."
    ),
    "form": Sentence("The file was read as {form}.", "Map the columns with a mapping if that is wrong."),
    "no_case_of_contact": Sentence(
        "The file lists contacts without the case that they met, so it was not read.",
        "Export the relationships (links) and send them.",
    ),
    "no_column_known": Sentence(
        "No column of the file is known, so it was not read as {table}.",
        "Check that the first row holds the names of the columns, or describe the file in a mapping.",
    ),
    "required_column_missing": Sentence(
        "No column of the file was read as {column}, which every row of {table} needs.",
        "Add a column {column}, or map one to it.",
    ),
    # Text
    "encoding_guessed": Sentence(
        "The file is not UTF-8; it was read as {encoding}.",
        "Look at its names; if they are garbled, save the file as UTF-8 or name its encoding in a mapping.",
    ),
    "encoding_broken": Sentence(
        "Some characters of the file are not {encoding}; each was replaced by a mark.",
        "Save the file as UTF-8 and send it again.",
    ),
    "nul_bytes": Sentence("The file holds NUL bytes; they were left out.", "Export the file again."),
    "too_many_cells": Sentence(
        "The row has more filled cells than the header has columns, so its cells may stand in the wrong columns.",
        "Put cells that hold the separator into quotation marks.",
    ),
    "too_few_cells": Sentence(
        "The row has fewer cells than the header has columns; the missing ones were read as empty.",
        "Check that the row is complete.",
    ),
    "stray_quote": Sentence(
        "A quotation mark of the row is never closed; it was read as a plain character.",
        "Close the quotation mark or take it out.",
    ),
    "header_twice": Sentence(
        "Several columns have this name; the first was read.", "Give each column a name of its own."
    ),
    # Columns
    "column_guessed": Sentence(
        "Column {foreign} was read as {column}.", "Map another column to {column} if that is wrong."
    ),
    "zone_from_parts": Sentence(
        "Columns {foreign} were read together as zone, the coarsest first.",
        "Map another column to zone if that is wrong.",
    ),
    "zone_from_address": Sentence(
        "Column {foreign} was read as zone, cut after its last administrative area: addresses are never kept.",
        "Send the area in a column of its own.",
    ),
    "column_not_read": Sentence(
        "Column {foreign} is not known and was not read.", "Map it to a column of {table} if it counts."
    ),
    "personal_not_read": Sentence(
        "Column {foreign} seems to name people or to say how to reach them; it is never read.",
        "Leave such columns out of what is sent.",
    ),
    "nested_not_read": Sentence(
        "Column {foreign} holds lists, structures or spans of time and was not read.", "Send one plain value a cell."
    ),
    "codes_translated": Sentence(
        "Words in {column} were translated to the codes of the table.",
        "Send the codes themselves, or list them in a mapping, if a word could be misread.",
    ),
    "ages_in_years": Sentence(
        "Ages in months, weeks or days were turned into whole years, as the column beside them says.", _NO_STEP
    ),
    "missing_mark": Sentence(
        "Cells of {column} that say NA, null, none, unknown or - were read as empty.", "Leave such cells empty."
    ),
    # Cells
    "required": Sentence(
        "{column} is empty, and every row of {table} needs it.", "Fill in {column} and send the row again."
    ),
    "not_a_date": Sentence(
        "{column} is not a date that can be read, or a day that does not exist. Allowed: {allowed}.", _CORRECT
    ),
    "date_out_of_range": Sentence("{column} lies before 1900 or after 2200.", _CORRECT),
    "ambiguous_dates": Sentence(
        "In {column} no date tells whether the day or the month comes first; the day was read first.",
        "Write dates as YYYY-MM-DD, or give the format in a mapping.",
    ),
    "mixed_dates": Sentence(
        "In {column} some dates have the day first and some the month; the doubtful ones were read {order} first.",
        "Write dates as YYYY-MM-DD.",
    ),
    "offset_dropped": Sentence(
        "Times in {column} carry a time zone; they were read as the local time that they show.",
        "Send local times if the zone is not that of the place.",
    ),
    "not_a_number": Sentence("{column} is not a number. Allowed: {allowed}.", _CORRECT),
    "doubtful_comma": Sentence(
        "{column} has a comma before three digits, which may be a decimal or a thousands sign.",
        "Write the number with a point, and without thousands signs.",
    ),
    "unknown_code": Sentence(
        "{column} is none of its codes. Allowed: {allowed}.", "Use one of the codes, or list the word in a mapping."
    ),
    "out_of_range": Sentence("{column} is out of its range. Allowed: {allowed}.", _CORRECT),
    "too_long": Sentence("{column} is too long. Allowed: {allowed}.", "Shorten the cell and send the file again."),
    "id_blanks": Sentence(
        "{column} had blanks around it, several in a row, or characters that show nothing; they were taken out.",
        "Write the identifier the same way everywhere.",
    ),
    "id_shortened": Sentence(
        "{column} looks like a number that a spreadsheet has shortened (1.23E+09).",
        "Format the column as text before you enter or export identifiers.",
    ),
    # Rows
    "row_rule": Sentence("The row breaks the rule {rule}: {words}", "Correct {columns} and send the row again."),
    "no_recorded_at": Sentence(
        "recorded_at is empty, and so is every column that could stand in for it ({columns}).",
        "Fill in recorded_at: when the system was told.",
    ),
    "recorded_at_made": Sentence(
        "Where recorded_at is empty, the first filled of {columns} stands in for it.",
        "Send recorded_at (when the system was told), so that past days can be replayed as they were.",
    ),
    "identical_row": Sentence("The row repeats an earlier one, cell for cell; it was read once.", _NO_STEP),
    "repeated_key": Sentence(
        "Another row of {table} has the same {columns} and was told earlier, or stands first; that one was kept.",
        "If this row is a correction, fill supersedes with the record_id of the row that was kept, and send it again.",
    ),
    "repeated_record_id": Sentence(
        "Another row of {table} has the same record_id; the one told earlier, or standing first, was kept.",
        "Give each row a record_id of its own; if this row is a correction, fill supersedes too.",
    ),
    "taken_once": Sentence(
        "Rows of the file that repeat a key of {table} were read once: the one told earliest.", _NO_STEP
    ),
    # Of exchange; the row is the number of the entry, from 1
    "fhir_no_resource": Sentence("The entry holds no resource.", _NO_STEP),
    "fhir_refused": Sentence(
        "The FHIR library refuses the {column}: {complaint}.",
        "Correct the element where it comes from, and send it again.",
    ),
    "fhir_twice": Sentence(
        "Another entry before it has the same address or id; that one was read.", "Give each resource an id of its own."
    ),
    "fhir_not_read": Sentence("Resources of type {kind} are not read.", _NO_STEP),
    "fhir_not_a_record": Sentence("The {kind} is none that a table holds.", _NO_STEP),
    "fhir_in_error": Sentence("The {kind} was entered in error, or cancelled; it was not read.", _NO_STEP),
    "fhir_other_condition": Sentence(
        "The {kind} is no illness of the library, so it is no case.",
        "If it is, give it one of the codes or names that the library knows (`douse library`).",
    ),
    "fhir_task_of_others": Sentence("The {kind} is work of another system, which keeps it.", _NO_STEP),
    "fhir_other_measure": Sentence("The {kind} follows a measure that no indicator stands for.", _NO_STEP),
    "fhir_report_without_results": Sentence(
        "The {kind} names no results, or results that are not in these files.", "Send the observations with it."
    ),
    "fhir_not_a_day": Sentence("The {kind} counts several days; an indicator is counted by day.", "Send daily counts."),
    "fhir_deleted": Sentence("The resource was deleted where it comes from; it was not read.", _NO_STEP),
    "fhir_modifier": Sentence(
        "The {column} says that it means something else, in a way that is not known; it was not read.",
        "Send it without modifierExtension and implicitRules, if it means the same without them.",
    ),
    "fhir_more_pages": Sentence("The bundle is one page of several.", "Send the pages that follow, too."),
    "fhir_part_of_a_date": Sentence("{column} names a month or a year, and no day; it was not read.", _NO_STEP),
    "fhir_names_nothing": Sentence("{column} names nothing in these files.", "Send the resource that it names, too."),
    "fhir_element": Sentence("{column} has no column that holds it, and was not read.", _NO_STEP),
    "fhir_extension": Sentence("{column} has an address that is not known, and was not read.", _NO_STEP),
    "fhir_personal": Sentence(
        "{column} tells who somebody is or how to reach them; it is never read.",
        "Leave such elements out of what is sent.",
    ),
    "fhir_outside": Sentence(
        "{column} points to another server; nothing is fetched from there.", "Send the resource with the others."
    ),
    "dhis2_no_value": Sentence("The data value names no data element, or has no value.", _CORRECT_ENTRY),
    "dhis2_counts_cases": Sentence(
        "The data value counts cases or deaths; cases come in one by one, and are counted here.", _NO_STEP
    ),
    "dhis2_not_a_day": Sentence(
        "The period is no day; an indicator is counted by day. Allowed: YYYYMMDD.", "Export daily periods."
    ),
    "dhis2_value_twice": Sentence(
        "Another data value before it is of the same data element, day and organisation unit; that one was read.",
        "Name the attribute option combination of each source in the file of identifiers.",
    ),
    "dhis2_added_up": Sentence(
        "The count is parted by categories (category option combinations); the parts were added up.", _NO_STEP
    ),
    "dhis2_repeated": Sentence("Events of the person say several things under one name; the first was read.", _NO_STEP),
    "dhis2_beside": Sentence("{column} has no column that holds it, and was not read.", _NO_STEP),
    "dhis2_twice": Sentence("The tracked entity stands in the file before; that one was read.", _NO_STEP),
    "dhis2_deleted": Sentence("The tracked entity was deleted where it comes from; it was not read.", _NO_STEP),
    "dhis2_gone": Sentence("It was deleted where it comes from, and was not read.", _NO_STEP),
    "dhis2_not_enrolled": Sentence("The tracked entity is in no programme, so it tells of no case.", _NO_STEP),
    "dhis2_other_stage": Sentence(
        "The event is of a stage that is not known, and stands without its person.",
        "Export tracked entities with their enrolments, or name the stage in the file of identifiers.",
    ),
    "dhis2_element": Sentence(
        "A data element of the event is no column of {table}.", "Name it in the file of identifiers if it counts."
    ),
    "dhis2_relationship": Sentence("The relationship is of a type that is not known.", _NO_STEP),
    "geojson_no_zone": Sentence(
        "The feature names no zone: it has neither an id nor a property zone_id or name.", _CORRECT_ENTRY
    ),
    "geojson_no_shape": Sentence("The geometry of the feature is none of GeoJSON; it was not read.", _CORRECT_ENTRY),
    "geojson_property": Sentence("Property {column} is not known, and was not read.", _NO_STEP),
    "package_outside": Sentence(
        "The resource points out of the package ({column}); nothing is fetched from there.",
        "Put the file beside datapackage.json, and name it without a folder above.",
    ),
    "package_missing": Sentence("The file of the resource is not there.", "Send it with the package."),
    "package_changed": Sentence(
        "The file of the resource is not the one that the package was made with: its hash differs; it was not read.",
        "Send the package as it was made, or take the hash out of it if the change is meant.",
    ),
    "package_no_table": Sentence("The resource is none of the tables, and was not read.", "Name it after its table."),
    "package_inline": Sentence("The rows stand in the package itself; they were not read.", "Write them into a CSV."),
    "package_hash": Sentence("The hash is of a kind that is not known; the file was read unchecked.", "Use SHA-256."),
    "package_not_named": Sentence("The package does not name the file; it was not read.", "Send it by itself."),
    "file_of_no_form": Sentence("It is of no form that is known, and was not read.", "Send FHIR, DHIS2 or tables."),
    "names_of_records": Sentence("Entries of others do not say which record they are, or correct.", _NO_STEP),
    "kind_unknown": Sentence(
        "The file is JSON of no form that is known.",
        "Send FHIR, DHIS2, GeoJSON or a data package; describe other tables as CSV in a mapping.",
    ),
    # Links
    "unknown_reference": Sentence(
        "{column} names nothing that is in {other}.", "Send the missing row of {other}, or correct {column}."
    ),
    "supersedes_nobody": Sentence(
        "supersedes names no record_id of {table}, so nothing was corrected.",
        "Fill in the record_id of the earlier record.",
    ),
    "zone_loop": Sentence(
        "parent_zone closes a loop of zones that contain each other.", "Correct parent_zone of one of these zones."
    ),
}

# What a later record may mend: such a finding says nothing lasting about the day of its row.
MENDED_LATER = ("unknown_reference", "supersedes_nobody")

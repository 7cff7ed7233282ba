/* The template of the report: the text of report.html with a NUL at its end, converted to C by the Makefile. */
#ifndef OC_REPORT_REPORT_PAGE_H
#define OC_REPORT_REPORT_PAGE_H

extern const unsigned char oc_report_page[];

#endif

/* The template of the report, report.html, as the Makefile makes it: text that ends with a NUL. */
#ifndef OC_REPORT_REPORT_PAGE_H
#define OC_REPORT_REPORT_PAGE_H

extern const unsigned char oc_report_page[];

#endif

from django.urls import URLPattern, path

from diversion.compliance.views import cases, closing, figures, tasks

urlpatterns: list[URLPattern] = [
    path("agency/cases/", cases.case_list, name="case-list"),
    path("agency/cases/search/", cases.case_search, name="case-search"),
    path("agency/cases/<slug:public_id>/", cases.case_show, name="case-show"),
    path("agency/cases/<slug:public_id>/close/", closing.case_close, name="case-close"),
    path("agency/tasks/<slug:public_id>/", tasks.task_decide, name="task-decide"),
    path("agency/statistics/", figures.statistics_show, name="statistics-show"),
    path("support/", figures.support_show, name="support-show"),
]

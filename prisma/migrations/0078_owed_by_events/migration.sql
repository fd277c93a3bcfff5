-- A break that comes back is owed from then on: what is promised about it runs from the day on which it was found again.
grant update (found_at) on corporate_action_breaks to southbound_app;

"""Pictures of the pages: what the models know, as geometry and words for `charts.html`."""

"""What the pages share: loaders, state, widgets and the map."""

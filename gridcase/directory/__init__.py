"""Users, posts, organisations, departments, areas and who may do what."""

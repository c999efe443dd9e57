"""Every statement over surveys, their invitations and their answers."""

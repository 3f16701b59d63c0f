"""Our own hub (WebSub): subscribers are verified and delivered to, hubs of others are told what is new."""

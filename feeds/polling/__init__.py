"""Documents in, on time: what is due is fetched or read, understood and handed to the store."""

// What a browser adds to pages that work without it: every page loads this, deferred.
"use strict";

package flow

import _ "time/tzdata" // the day of a decision is Stockholm's wherever the server runs

"""What `mizan doctor` measures in the app's own environment (`runtime/origin/doctor/contract.ts`)."""

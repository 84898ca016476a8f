"""What is predicted of probe selection and where, one module an idea."""

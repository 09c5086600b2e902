this.bucket = new s3.Bucket(this, 'job-transfer-bucket', { versioned: false });
